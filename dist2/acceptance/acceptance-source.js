export {};
//# sourceMappingURL=acceptance-source.js.map