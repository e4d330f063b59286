export const CERTAIN = 32;
//# sourceMappingURL=grammar.js.map