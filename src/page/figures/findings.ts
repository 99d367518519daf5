/** What experiments and investigations found: the verdict, what says it, what it does not show, and their own picture. */
import { escaped } from '../../base/text.ts';
import { element } from '../../drawing/svg.ts';
import type { Figure } from './figure.ts';
import { type Finding, findings } from './finding-names.ts';

interface Judged {
  readonly verdict: string;
  readonly says?: string;
  readonly sentence?: string;
  readonly doesNotShow?: string;
}

const kinds: Readonly<Record<string, string>> = { support: 'in', contradict: 'out' };

/** One card a finding; its picture stands in it as an image, so that its style sheet is its own. */
export const findingFigures: readonly Figure[] = (Object.keys(findings) as Finding[]).map((name) => ({
  id: `finding-${name}`,
  title: findings[name],
  sources: [name],
  draw: (texts) => {
    const { verdict, says, sentence, doesNotShow } = JSON.parse(texts[name]!) as Judged;
    const picture = texts[`${name}Picture`];
    const image =
      picture === undefined
        ? ''
        : element('img', {
            class: 'finding',
            alt: findings[name],
            src: `data:image/svg+xml,${encodeURIComponent(picture)}`,
          });
    const badge = element('span', { class: `verdict ${kinds[verdict] ?? ''}` }, escaped(verdict));
    return {
      body: `<p>${badge} ${escaped(says ?? sentence ?? '')}</p>${image}`,
      caption:
        doesNotShow === undefined ? '' : `It does not show ${doesNotShow.replace(/^(?:it )?does not show /i, '')}.`,
    };
  },
}));
