/** The form: what machine is wanted, and whether it can be had. */
import { CPU_MODELS } from "@granule/arm";
import { DEFAULT_KERNEL_CPU } from "@granule/granule";
import { findGranule, mib } from "@granule/units";
import { type KernelFile, readKernel } from "../kernelFile.ts";
import type { BootSetting, MachineKind, Problem } from "../protocol.ts";
import { problemsOf } from "./checks.ts";
import { chosen, element, make } from "./elements.ts";
import { fileField, type PickedFile } from "./fileField.ts";
import { initrdFacts, kernelFacts } from "./facts.ts";

/** What Linux needs to use the machine's console. */
const CMDLINES: Readonly<Record<MachineKind, string>> = { xen: "console=hvc0 quiet", virt: "console=ttyAMA0 quiet" };
/** Shows each page size of stage 1 by itself, and powers off. */
const EXAMPLE = new URL("../../../../tools/guests/bare/granules.bin", import.meta.url);

export interface MachineForm {
  /** What was asked for, or why it cannot be. */
  read(): { readonly setting: BootSetting } | { readonly problems: readonly Problem[] };
  show(problems: readonly Problem[]): void;
}

const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** The chosen kernel: what it is, or why it is none. */
type Kernel = { readonly bytes: Uint8Array; readonly file: KernelFile } | { readonly problem: Problem };

export function machineForm(form: HTMLFormElement): MachineForm {
  const cpu = element("cpu", HTMLSelectElement);
  const memory = element("memory", HTMLInputElement);
  const vcpus = element("vcpus", HTMLInputElement);
  const cmdline = element("cmdline", HTMLInputElement);
  const skipsIdle = element("skips-idle", HTMLInputElement);
  const problemList = element("problems", HTMLElement);
  const facts = element("kernel-facts", HTMLElement);
  const initrdNote = element("initrd-facts", HTMLElement);
  let kernel: Kernel | undefined;
  let initrd: Uint8Array | undefined;
  /** Counts kernels: one that unpacks slowly does not replace a later one. */
  let choice = 0;

  const machine = (): MachineKind => (chosen(form, "machine") === "virt" ? "virt" : "xen");
  const stage2 = () => findGranule(chosen(form, "stage2"))?.name;
  const show = (problems: readonly Problem[]): void => {
    problemList.replaceChildren(
      ...problems.map(({ code, message, hint }) => {
        const made = make("p", "");
        if (code !== undefined) made.append(make("code", code), " ");
        made.append(sentence(message), ...(hint === undefined ? [] : [" ", make("strong", hint)]));
        return made;
      }),
    );
  };
  const problems = (): readonly Problem[] => {
    if (kernel !== undefined && "problem" in kernel) return [kernel.problem];
    const n = vcpus.valueAsNumber;
    return [
      ...problemsOf({ image: kernel?.file.image, initrdSize: initrd?.length ?? 0, cpu: cpu.value, stage2: stage2(), memory: mib(memory.valueAsNumber) }),
      ...(Number.isInteger(n) && n >= 1 && n <= 8 ? [] : [{ code: "GRAN0100", message: "A machine has 1 to 8 vCPUs." }]),
    ];
  };

  const pickKernel = async (file: PickedFile | undefined): Promise<void> => {
    const mine = ++choice;
    const read = file === undefined ? undefined : await readKernel(file.bytes);
    if (mine !== choice) return;
    kernel = undefined;
    facts.replaceChildren();
    if (file !== undefined && read?.ok === true) {
      kernel = { bytes: file.bytes, file: read.value };
      const { pages, rest, doubt } = kernelFacts(read.value);
      if (pages !== undefined) facts.append(make("b", pages, "pages"), " ");
      facts.append(rest);
      if (doubt !== undefined) facts.append(make("em", `Taken for a flat binary. ${doubt}`));
    } else if (file !== undefined && read?.ok === false) {
      kernel = { problem: { code: "GRAN0103", message: `"${file.name}" is no kernel, or torn: ${read.why}.` } };
      facts.append("Not a kernel that can run here.");
    }
    show(problems());
  };
  const kernelField = fileField(element("kernel-field", HTMLElement), (file) => void pickKernel(file), (why) => show([{ code: "GRAN0103", message: why }]));
  fileField(
    element("initrd-field", HTMLElement),
    (file) => {
      initrd = file?.bytes;
      initrdNote.textContent = file === undefined ? "" : initrdFacts(file.bytes);
      show(problems());
    },
    (why) => show([{ code: "GRAN0103", message: why }]),
  );
  const chooseMachine = (kind: MachineKind): void => {
    const other = kind === "xen" ? "virt" : "xen";
    if (cmdline.value === CMDLINES[other]) cmdline.value = CMDLINES[kind];
  };
  element("example", HTMLButtonElement).addEventListener("click", async () => {
    const bytes = new Uint8Array(await (await fetch(EXAMPLE)).arrayBuffer());
    const virt = form.querySelector<HTMLInputElement>("input[name=machine][value=virt]");
    virt?.click();
    kernelField.take({ name: "granules.bin", bytes });
  });

  cpu.replaceChildren(...CPU_MODELS.map(({ name }) => new Option(name, name, name === DEFAULT_KERNEL_CPU, name === DEFAULT_KERNEL_CPU)));
  form.addEventListener("change", ({ target }) => {
    if (target instanceof HTMLInputElement && target.name === "machine") chooseMachine(machine());
    // a file shows what it is when it has been read
    if (!(target instanceof HTMLInputElement && target.type === "file")) show(problems());
  });
  return {
    show,
    read() {
      const found = problems();
      if (found.length > 0) return { problems: found };
      if (kernel === undefined || "problem" in kernel) return { problems: [{ message: "Choose a kernel first." }] };
      const granule = stage2();
      const setting: BootSetting = {
        machine: machine(), kernel: kernel.bytes, cmdline: cmdline.value, memory: mib(memory.valueAsNumber), vcpus: vcpus.valueAsNumber, cpu: cpu.value, skipsIdle: skipsIdle.checked,
        ...(initrd === undefined ? {} : { initrd }), ...(granule === undefined ? {} : { stage2: granule }),
      };
      return { setting };
    },
  };
}
