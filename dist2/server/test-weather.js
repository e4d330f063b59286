/** For tests with real clients: a tool and a schema that any model can fill in, since every word of it is held. */
import assert from 'node:assert/strict';
import { z } from 'zod';
export const QUESTION = 'Translate into German: The dog sleeps in the garden.';
export const WISH = 'What is the weather in Oslo for the next two days?';
export const Weather = z.object({
    city: z.enum(['Oslo', 'Rome']),
    days: z.number().int().min(1).max(9),
    detailed: z.boolean(),
});
/** The same as JSON schema. */
export const WEATHER_SCHEMA = {
    type: 'object',
    properties: {
        city: { type: 'string', enum: ['Oslo', 'Rome'] },
        days: { type: 'integer', minimum: 1, maximum: 9 },
        detailed: { type: 'boolean' },
    },
    required: ['city', 'days', 'detailed'],
    additionalProperties: false,
};
/** Fails unless it is what the schema says. */
export function assertWeather(value) {
    assert.ok(Weather.strict().safeParse(value).success, JSON.stringify(value));
}
/** The same of JSON in a text. */
export function assertWeatherJson(text) {
    assertWeather(JSON.parse(text ?? 'null'));
}
//# sourceMappingURL=test-weather.js.map