/** What a figure of the page is: drawn from texts of artifacts alone, so that the page can draw it again from what it carries. */
import type { Finding } from './finding-names.ts';

/**
 * Texts of artifacts by the names that figures ask for; absent where the run has none. `metrics`, `perOdour`, `confusion` of evaluate, `training` of
 * train, `board` of spinnaker-run, `classes` (InChIKey → chemical class), and each finding with its picture.
 */
export type TextName =
  | ('metrics' | 'training' | 'confusion' | 'perOdour' | 'board' | 'classes')
  | (Finding | `${Finding}Picture`);

export type FigureTexts = Readonly<Partial<Record<TextName, string>>>;

export interface DrawnFigure {
  /** HTML or SVG. */
  readonly body: string;
  readonly caption: string;
}

export interface Figure {
  readonly id: string;
  readonly title: string;
  readonly sources: readonly TextName[];
  /** Takes the whole row. */
  readonly wide?: boolean;
  /** Undefined where the run lacks what it shows. Called with all of its sources there. */
  draw(texts: FigureTexts): DrawnFigure | undefined;
}

/** The figure, or undefined where a source is missing. */
export function drawFigure(figure: Figure, texts: FigureTexts): DrawnFigure | undefined {
  return figure.sources.every((name) => texts[name] !== undefined) ? figure.draw(texts) : undefined;
}
