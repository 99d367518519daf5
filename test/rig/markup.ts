/** Whether a text is clean markup: what a browser would make of a stray < or &. */

/** The first < or > outside a well-formed tag, or & that begins no entity, with what follows; undefined where all is clean. */
export function strayMarkup(text: string): string | undefined {
  const body = text.replace(/<style>.*?<\/style>/gs, '').replace(/^<!doctype html>/, '');
  const between = body.replace(/<\/?[a-zA-Z][a-zA-Z0-9]*(\s[a-zA-Z0-9:-]+="[^"<>]*")*\s*\/?>/g, '');
  const stray = /.{0,40}[<>].{0,40}/.exec(between) ?? /&(?!(amp|lt|gt|quot|#\d+);).{0,40}/.exec(body);
  return stray?.[0];
}
