export declare const HANG = 1;
export declare const DIE = 2;
export declare const MEND = 3;
