export {};
//# sourceMappingURL=conversion.js.map