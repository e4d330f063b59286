export {};
//# sourceMappingURL=decoder.js.map