/** How personal data is shown to those who need to tell people apart and not to know them. */

/** `330***********0011`: the division's first three characters and the last four stay; a short number shows its last two at most. */
export const maskIdNo = (idNo: string): string => {
  const characters = Array.from(idNo);
  if (characters.length < 10) return '*'.repeat(Math.max(characters.length - 2, 0)) + characters.slice(-2).join('');
  return [...characters.slice(0, 3), '*'.repeat(characters.length - 7), ...characters.slice(-4)].join('');
};

/** `林**`: the family name's first character; rare characters outside the BMP count as one. */
export const maskName = (name: string): string => {
  const [first = '', ...rest] = Array.from(name);
  return first + '*'.repeat(rest.length);
};
