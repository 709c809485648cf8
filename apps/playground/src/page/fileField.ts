/** A field for one file: chosen by the browser's dialogue or dropped on it. */
import { first } from "./elements.ts";

export interface PickedFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}
export interface FileField {
  /** Shows a file as chosen, and tells of it. */
  take(file: PickedFile): void;
}

/** `onPick`: undefined when the choice was taken back; `onTorn`: the browser could not read it. */
export function fileField(field: HTMLElement, onPick: (file: PickedFile | undefined) => void, onTorn: (why: string) => void): FileField {
  const input = first("input", HTMLInputElement, field);
  const drop = first(".drop", HTMLElement, field);
  const prompt = first(".prompt", HTMLElement, field);
  const name = first(".name", HTMLElement, field);
  /** Counts choices: one that was slow to read is not shown after a later one. */
  let choice = 0;
  const show = (file: PickedFile | undefined): void => {
    prompt.hidden = file !== undefined;
    name.hidden = file === undefined;
    name.textContent = file?.name ?? "";
    drop.classList.toggle("filled", file !== undefined);
    onPick(file);
  };
  const read = async (file: File | undefined): Promise<void> => {
    const mine = ++choice;
    if (file === undefined) {
      show(undefined);
      return;
    }
    try {
      const bytes = new Uint8Array(await file.arrayBuffer());
      if (mine === choice) show({ name: file.name, bytes });
    } catch (e) {
      if (mine === choice) onTorn(`"${file.name}" cannot be read: ${e instanceof Error ? e.message : String(e)}`);
    }
  };
  input.addEventListener("change", () => void read(input.files?.[0]));
  drop.addEventListener("dragover", (event) => {
    event.preventDefault();
    drop.classList.add("over");
  });
  drop.addEventListener("dragleave", () => drop.classList.remove("over"));
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    const file = event.dataTransfer?.files[0];
    if (file !== undefined) void read(file);
  });
  return {
    take(file) {
      choice += 1;
      show(file);
    },
  };
}
