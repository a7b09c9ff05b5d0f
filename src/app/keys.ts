/** Fields whose keys write or choose, so that no key of the page acts there. */
const TYPED_IN =
  'textarea, select, [contenteditable], input:not([type=range], [type=checkbox], [type=radio], [type=button])';

/** Whether a key belongs to a field in which something is typed. */
export function isTyping({ target }: KeyboardEvent): boolean {
  return target instanceof Element && target.matches(TYPED_IN);
}
