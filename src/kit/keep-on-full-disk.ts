/**
 * Asks the browser to keep what this page stores even when its disk gets full. Some browsers ask the
 * visitor; where it is refused, things are kept as long as there is room.
 */
export function keepOnFullDisk(): void {
  // Pages without https have no storage manager.
  void navigator.storage?.persist?.().catch(() => {});
}
