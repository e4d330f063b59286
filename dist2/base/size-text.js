/** Sizes as people read them. */
const UNITS = ['bytes', 'KB', 'MB', 'GB', 'TB'];
/** `145 MB`, in powers of 1000, three digits. */
export function sizeText(bytes) {
    const unit = bytes < 1000 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(bytes) / 3));
    const value = bytes / 1000 ** unit;
    return `${unit === 0 ? value : value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0)} ${UNITS[unit]}`;
}
//# sourceMappingURL=size-text.js.map