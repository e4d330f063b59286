import { z } from 'zod';
export declare const QUESTION = "Translate into German: The dog sleeps in the garden.";
export declare const WISH = "What is the weather in Oslo for the next two days?";
export declare const Weather: z.ZodObject<{
    city: z.ZodEnum<{
        Oslo: "Oslo";
        Rome: "Rome";
    }>;
    days: z.ZodNumber;
    detailed: z.ZodBoolean;
}, z.core.$strip>;
/** The same as JSON schema. */
export declare const WEATHER_SCHEMA: {
    type: string;
    properties: {
        city: {
            type: string;
            enum: string[];
        };
        days: {
            type: string;
            minimum: number;
            maximum: number;
        };
        detailed: {
            type: string;
        };
    };
    required: string[];
    additionalProperties: boolean;
};
/** Fails unless it is what the schema says. */
export declare function assertWeather(value: unknown): void;
/** The same of JSON in a text. */
export declare function assertWeatherJson(text: string | undefined): void;
