/** XML as elements; no entity of a document's own is followed. */
import { parseXml, XmlElement } from '@rgrove/parse-xml';

/** The outermost element; undefined for what is no XML. */
export function rootElement(text: string): XmlElement | undefined {
  if (!/^\uFEFF?\s*</.test(text)) return undefined;
  try {
    return parseXml(text, { ignoreUndefinedEntities: true }).root ?? undefined;
  } catch {
    return undefined;
  }
}

export const childrenNamed = (element: XmlElement, name: string): XmlElement[] =>
  element.children.filter((child): child is XmlElement => child instanceof XmlElement && child.name === name);

/** All elements of this name, however deep. */
export function elementsNamed(element: XmlElement, name: string): XmlElement[] {
  return element.children.flatMap((child) => {
    if (!(child instanceof XmlElement)) return [];
    return [...(child.name === name ? [child] : []), ...elementsNamed(child, name)];
  });
}
