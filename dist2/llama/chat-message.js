export {};
//# sourceMappingURL=chat-message.js.map