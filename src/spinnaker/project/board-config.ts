/** sPyNNaker's configuration file for a board or a virtual board. Knows no network; writes no file. */

import type { BoardAddress } from './board-schema.ts';

/** `.spynnaker.cfg` for a real board. */
export function boardConfig(board: BoardAddress): string {
  return `# sPyNNaker reads this file from the home folder (.spynnaker.cfg) or the working folder (spynnaker.cfg).
# The computer's network interface to the board needs the address ${board.hostAddress}, netmask 255.255.255.0.
[Machine]
machineName = ${board.machineName}
version = ${board.version}

virtual_board = False
spalloc_server = None
remote_spinnaker_url = None

[Simulation]
# late spikes are counted, and run.py fails on any
drop_late_spikes = False

[Reports]
# what the board lost, by core and trial: run.py reads it, and it stays in reports/ for you to look at
read_placements_provenance_data = True
read_router_provenance_data = True
keep_data_database = True
`;
}

/** `.spynnaker.cfg` for mapping without a board; keeps what would be loaded onto each core. */
export function virtualConfig(version: number): string {
  return `[Machine]
version = ${version}
virtual_board = True
machineName = None
spalloc_server = None
remote_spinnaker_url = None

[Reports]
keep_dataspec_database = True
`;
}
