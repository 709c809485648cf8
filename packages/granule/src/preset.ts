/** The hypervisor that most users want: every plugin of this project, in a list that can be changed before it is assembled. */
import { balloon } from "@granule/balloon";
import { eventChannels } from "@granule/event-channels";
import { grantTable } from "@granule/grant-table";
import { hypervisor, type HypervisorConfig } from "@granule/hypervisor";
import { machine, type MachineConfig } from "@granule/machine";
import { vcpuInfo } from "@granule/vcpu-info";

export type PresetConfig = Partial<MachineConfig & HypervisorConfig>;

/**
 * Machine, hypervisor core, vcpu areas, event channels, grant tables and balloon.
 *
 * @example
 * const m = assemble([...preset({ cpu: "cortex-a35" }), myPlugin()]);
 */
export const preset = (config: PresetConfig = {}) => {
  const { cpu, ram, tables, personality, xsm } = config;
  return [
    machine({ ...(cpu === undefined ? {} : { cpu }), ...(ram === undefined ? {} : { ram }), ...(tables === undefined ? {} : { tables }) }),
    hypervisor({ ...(personality === undefined ? {} : { personality }), ...(xsm === undefined ? {} : { xsm }) }),
    vcpuInfo(),
    eventChannels(),
    grantTable(),
    balloon(),
  ] as const;
};
