/** The place where the network runs: controls, rasters, names. Filled and moved by browser/live.ts. */

const puff = (
  k: 'a' | 'b',
  name: string,
): string => `<fieldset class="puff" id="puff-${k}"${k === 'b' ? ' hidden' : ''}><legend>${name}</legend>
<label class="visually-hidden" for="odour-${k}">${name}, which</label><select id="odour-${k}"></select>
<div class="range"><label for="onset-${k}">from</label><input type="range" id="onset-${k}" min="0" max="450" step="10" value="${k === 'a' ? 100 : 200}"><output for="onset-${k}"></output></div>
<div class="range"><label for="duration-${k}">for</label><input type="range" id="duration-${k}" min="10" max="500" step="10" value="${k === 'a' ? 250 : 200}"><output for="duration-${k}"></output></div></fieldset>`;

const nose = (
  id: string,
  title: string,
): string => `<article class="panel nose" aria-labelledby="${id}-title"><h3 id="${id}-title">${title}<span id="${id}-time"></span></h3>
<p class="named" id="${id}-named"></p><ol class="rivals" id="${id}-rivals" aria-label="Odours that the ${id} network names, the likeliest first"></ol>
<canvas id="${id}-raster" tabindex="0" role="img" aria-label="Spikes of the ${id} network. Arrow keys move through layers and time."></canvas></article>`;

export const livePanel: string = `<div class="live">
<form class="panel controls" id="controls" aria-label="What the network gets">
${puff('a', 'Odour')}
${puff('b', 'Second odour')}
<div class="row"><button type="button" id="second" aria-expanded="false">+ second odour</button><button type="button" id="again">New draw</button></div>
<fieldset><legend>Silence a layer</legend><div class="chips" id="silence"></div></fieldset>
<fieldset><legend>Drive or silence cells</legend><label class="visually-hidden" for="group">Cells</label><select id="group"></select>
<div class="range"><label for="drive">drive</label><input type="range" id="drive" min="-20" max="20" step="1" value="0"><output for="drive"></output></div>
<div class="row" style="margin-top:8px"><button type="button" id="silence-group">Silence them</button><button type="button" id="reset">Reset</button></div></fieldset>
<p class="visually-hidden" id="live-said" role="status"></p>
</form>
<div><div class="noses">${nose('trained', 'Trained')}${nose('untrained', 'Before training')}</div>
<div class="panel proof"><div class="row"><button type="button" class="primary" id="prove">Prove it: the pipeline’s spikes, bit for bit</button><button type="button" id="replay">Replay the whole test</button></div><ul id="proved" aria-live="polite"></ul></div></div>
</div>`;
