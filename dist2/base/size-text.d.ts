/** `145 MB`, in powers of 1000, three digits. */
export declare function sizeText(bytes: number): string;
