/** Text of strangers made safe for each format. */
import { hex } from "@granule/units";

// XML 1.0, "Characters": neither control characters nor lone surrogates can be written, not even escaped
const NOT_XML = /[^\P{Cc}\t\n\r]|[\ufffe\uffff]|\p{Cs}/gu;
const visible = (c: string): string => `\\u{${hex(c.charCodeAt(0)).slice(2)}}`;
const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;", "\n": "&#10;", "\r": "&#13;", "\t": "&#9;" };

/** For attributes and text of XML and HTML: line breaks survive, and what XML cannot hold is spelled out. */
export const xml = (text: string): string => text.replace(NOT_XML, visible).replace(/[&<>"'\n\r\t]/g, (c) => ENTITIES[c] ?? c);

/** TAP 14, "Test Points": a description has no line break, and `#` and `\` are escaped. */
export const tapText = (text: string): string => oneLine(text).replace(/[\\#]/g, "\\$&");

/** One printable line, for terminals: no control character gets through, so nothing moves the cursor. */
export const oneLine = (text: string): string => text.replace(/[\r\n\t\u2028\u2029]+/g, " ").replace(NOT_XML, visible);

/** A value in YAML: JSON, which is YAML where it is printable. */
export const yamlText = (text: string): string => JSON.stringify(text.replace(NOT_XML, visible)).replace(/[\u2028\u2029]/g, visible);

/** GitHub's workflow commands: the message. */
export const githubText = (text: string): string => text.replace(/%/g, "%25").replace(/\r/g, "%0D").replace(/\n/g, "%0A");

/** GitHub's workflow commands: the value of a property. */
export const githubProperty = (text: string): string => githubText(text).replace(/:/g, "%3A").replace(/,/g, "%2C");

/** JSON inside a `<script>` element: nothing in it can end the element or begin a comment. */
export const scriptJson = (value: unknown): string => JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);

/** A word of a POSIX shell. */
export const shellWord = (text: string): string => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);
