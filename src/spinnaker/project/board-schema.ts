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

/** The same for running: what is null is as exported. */
export const boardOverrideSchema = {
  type: 'object',
  description: 'the SpiNNaker board, where it is not the exported one',
  default: {},
  additionalProperties: false,
  properties: {
    machineName: {
      type: ['string', 'null'],
      default: null,
      description: "the board's IPv4 address or name; null: as exported",
    },
    version: { enum: [3, 5, null], default: null, description: '3: 4 chips, 5: 48 chips; null: as exported' },
    hostAddress: {
      type: ['string', 'null'],
      default: null,
      description: "this computer's address towards the board; null: as exported",
    },
  },
} as const;

export type BoardOverride = Filled<typeof boardOverrideSchema>;

export type BoardAddress = Filled<typeof boardSchema>;

/** The board to run on. */
export function boardOf(exported: BoardAddress, override: BoardOverride): BoardAddress {
  return {
    machineName: override.machineName ?? exported.machineName,
    version: override.version ?? exported.version,
    hostAddress: override.hostAddress ?? exported.hostAddress,
  };
}
