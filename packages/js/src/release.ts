/** The script that belongs to this package. The build of the browser's files writes its version and hash into what is made of this. */
export const RELEASE: { readonly version: string; readonly integrity: string } = { version: '', integrity: '' };
