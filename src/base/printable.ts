/**
 * Text from outside (a file's names, a library's log) as it may stand in a message: on one line, without characters
 * that control a terminal, and not longer than a reader wants.
 */
export function printable(text: string, most = 80): string {
  const shown = text.length > most ? `${text.slice(0, most)}…` : text;
  return shown.replace(
    /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu,
    (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`,
  );
}
