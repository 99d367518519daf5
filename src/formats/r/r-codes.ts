/** Numbers of R's serialization format. Source: R Internals §1.8 "Serialization Formats" and its list of SEXP types. */

/** Type of an item: the low byte of its flags. */
export const sexp = {
  symbol: 1,
  pairlist: 2,
  language: 6,
  characters: 9,
  logical: 10,
  integer: 13,
  double: 14,
  complex: 15,
  string: 16,
  list: 19,
  expression: 20,
  raw: 24,
  altrep: 238,
  emptyEnvironment: 242,
  baseEnvironment: 241,
  globalEnvironment: 253,
  baseNamespace: 247,
  reference: 255,
  null: 254,
} as const;

export const IS_OBJECT = 0x100;
export const HAS_ATTRIBUTES = 0x200;
export const HAS_TAG = 0x400;
/** Encoding bits of a CHARSXP's levels, already shifted. */
export const ASCII: number = 64 << 12;
export const UTF8: number = 8 << 12;
export const LATIN1: number = 4 << 12;
