import { type CompareResult } from './types.js';
export declare function verdictSection({ verdicts }: CompareResult): string;
export declare function latencySection(result: CompareResult): string;
export declare function goodputSection(result: CompareResult): string;
export declare function acceptanceSection({ runs, settings }: CompareResult): string;
export declare function choiceSection(result: CompareResult): string;
export declare function taskSection(result: CompareResult): string;
export declare function rampSection({ ramp }: CompareResult): string;
export declare function figuresSection(result: CompareResult): string;
