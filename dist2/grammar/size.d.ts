/** @throws ForetokenError `invalid_schema` */
export declare function checkSize(schema: unknown): void;
