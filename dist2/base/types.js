export const token = (value) => value;
export const sequenceId = (value) => value;
export const position = (value) => value;
//# sourceMappingURL=types.js.map