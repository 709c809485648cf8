/** `npm run playground`: serves the page until Ctrl-C. */
import { serve } from "./serve.ts";

const { url } = await serve();
console.log(`The playground is at ${url}  (Ctrl-C ends it)`);
