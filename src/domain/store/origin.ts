/** Where a repository came from: what is trusted at a place is trusted for that one. */

/** Host and path of the origin when it was trusted, and now; empty where it names none. */
export interface MovedOrigin {
  now: string;
  trusted: string;
}

/** Whether both name one place: hosts are the same in small letters and in large ones. */
export function sameOrigin(one: string, other: string): boolean {
  const plain = (origin: string) => origin.replace(/^[^/]+/, (host) => host.toLowerCase());
  return plain(one) === plain(other);
}

/** Says in a sentence that the repository comes from elsewhere now. */
export const originWords = ({ now, trusted }: MovedOrigin): string =>
  `The repository came from ${trusted || 'nowhere'} when you trusted it, and comes from ${now || 'nowhere'} now.`;
