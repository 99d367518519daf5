/** The one `seed` of the parameter tree, as every stage that draws sees it. */

export const seedSchema = {
  type: 'integer',
  minimum: 0,
  maximum: 4294967295,
  default: 1,
  description: 'what random draws begin from: the trials, their order in training, the resampling of intervals',
} as const;
