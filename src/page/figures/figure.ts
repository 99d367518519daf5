/** What a figure of the page is: drawn from texts of artifacts alone, so that the page can draw it again from what it carries. */

/** Texts of artifacts by the names that figures ask for; absent where the run has none. */
export interface FigureTexts {
  /** evaluate: metrics.json */
  readonly metrics?: string;
  /** train: metrics.jsonl */
  readonly training?: string;
  /** evaluate: confusion.csv */
  readonly confusion?: string;
  /** evaluate: per-odour.csv */
  readonly perOdour?: string;
  /** spinnaker-run: report.json */
  readonly board?: string;
  /** InChIKey → chemical class, JSON; made from DoOR's list of odours. */
  readonly classes?: string;
  /** Verdicts of experiments, a JSON list. */
  readonly verdicts?: string;
  /** Scores against recordings, a JSON list. */
  readonly scores?: string;
}

export type TextName = keyof FigureTexts;

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
