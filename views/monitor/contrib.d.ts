/** What is used of the widgets of blessed-contrib, one file each: the package types only its index, which loads them all. */
interface ContribWidget {
  /** Drawn on a canvas of its own, as rows of text with colours. */
  ctx: { _canvas: { frame(): string } };
  content: string;
  emit(event: 'attach'): void;
  setData(...data: unknown[]): void;
}
type ContribClass = new (options: object) => ContribWidget;

declare module 'blessed-contrib/lib/widget/charts/line.js' {
  const widget: ContribClass;
  export default widget;
}
declare module 'blessed-contrib/lib/widget/gauge.js' {
  const widget: ContribClass;
  export default widget;
}
declare module 'blessed-contrib/lib/widget/sparkline.js' {
  const widget: ContribClass;
  export default widget;
}
