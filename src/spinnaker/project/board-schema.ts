/** The address of a board as a parameter: schema, type and defaults, for the stages that export to it and run on it. */
import type { Filled } from '../../base/schema.ts';

export const boardSchema = {
  type: 'object',
  description: 'the SpiNNaker board',
  default: {},
  additionalProperties: false,
  properties: {
    machineName: { type: 'string', default: '192.168.240.9', description: "the board's IPv4 address or name" },
    version: { enum: [3, 5], default: 3, description: '3: 4 chips (SpiNN-3), 5: 48 chips (SpiNN-5)' },
    hostAddress: {
      type: 'string',
      default: '192.168.240.2',
      description: "the address that the host's network interface to the board must have",
    },
  },
} as const;

export type BoardAddress = Filled<typeof boardSchema>;
