export {};
//# sourceMappingURL=model-limits.js.map