/** Stands for Node's Buffer in the page: base64 to bytes and nothing else. */
const fromBase64 = { from: (text: string): Uint8Array => Uint8Array.from(atob(text), (c) => c.charCodeAt(0)) };

export { fromBase64 as Buffer };
