export interface ResultFlags {
    readonly resultDir?: string;
    readonly resultFilename?: string;
}
/** Found out before the run, not after it. @throws ForetokenError `invalid_option` */
export declare function writableFolder({ resultDir, resultFilename: name }: ResultFlags): string;
