/** Tables that sort by their heads and are filtered by a text. */

export function sortTables(): void {
  for (const table of document.querySelectorAll<HTMLTableElement>('table.sortable'))
    table.querySelectorAll('th').forEach((head, column) => {
      head.querySelector('button')?.addEventListener('click', () => sortBy(table, head, column));
    });
  for (const field of document.querySelectorAll<HTMLInputElement>('input[data-filters]'))
    field.addEventListener('input', () => filter(field));
}

function sortBy(table: HTMLTableElement, head: HTMLTableCellElement, column: number): void {
  const numbers = head.classList.contains('number');
  const was = head.getAttribute('aria-sort');
  const falling = was === 'none' ? numbers : was === 'ascending';
  for (const other of table.querySelectorAll('th')) other.setAttribute('aria-sort', 'none');
  head.setAttribute('aria-sort', falling ? 'descending' : 'ascending');
  const body = table.tBodies[0]!;
  const rows = [...body.rows].map((row, k) => ({ row, k, cell: row.cells[column]! }));
  const compare = numbers
    ? (a: HTMLElement, b: HTMLElement) => Number(a.dataset['sort']) - Number(b.dataset['sort'])
    : (a: HTMLElement, b: HTMLElement) => (a.textContent ?? '').localeCompare(b.textContent ?? '');
  rows.sort((a, b) => (falling ? -1 : 1) * compare(a.cell, b.cell) || a.k - b.k);
  body.append(...rows.map(({ row }) => row));
}

function filter(field: HTMLInputElement): void {
  const wanted = field.value.trim().toLowerCase();
  const rows = document.querySelectorAll<HTMLTableRowElement>(`#${field.dataset['filters']} tbody tr`);
  for (const row of rows) row.hidden = !(row.textContent ?? '').toLowerCase().includes(wanted);
}
