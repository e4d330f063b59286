/** @param prefix with the character that parts it from the rest, such as `chatcmpl-` */
export declare const newAnswerId: (prefix: string) => string;
