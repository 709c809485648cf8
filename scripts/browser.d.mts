/** What tests use of browser.mjs. */
import type { Browser } from "playwright-core";

export declare const chromiumPath: () => string | undefined;
export declare const launchChromium: () => Promise<Browser>;
