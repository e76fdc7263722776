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

/** Host and path of an address, alike for every way of writing it; a password in it is left out. */
export function plainOrigin(url: string): string {
  const [, scheme = '', place = ''] = /^(?:([a-z+]+):\/\/)?(.*)$/is.exec(url)!;
  const bare = place
    .replace(/^[^/@]*@/, '')
    .replace(/^([^/:]+):(?!\d+\/)/, '$1/')
    .replace(/(\.git)?\/*$/, '');
  const port = usualPorts[scheme.toLowerCase()];
  return port ? bare.replace(new RegExp(`^([^/:]+):${port}(?=/|$)`), '$1') : bare;
}

const usualPorts: Readonly<Record<string, number>> = { https: 443, http: 80, ssh: 22, git: 9418 };
