export declare function endNow(code: number): never;
