import type { ReactNode } from 'react';

/** Line drawings of 16 × 16, in the colour of the text. What they stand for is said beside them. */
function Icon({ children }: { children: ReactNode }) {
  return (
    <svg
      aria-hidden="true"
      className="icon"
      width="16"
      height="16"
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.6"
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      {children}
    </svg>
  );
}

export function ShareIcon() {
  return (
    <Icon>
      <path d="M8 9.5V1.8M5 4.5l3-3 3 3" />
      <path d="M3.5 7.5v6.2h9V7.5" />
    </Icon>
  );
}

export function MoreIcon() {
  return (
    <Icon>
      <path d="M3 8h.01M8 8h.01M13 8h.01" strokeWidth="2.6" />
    </Icon>
  );
}

export function UndoIcon() {
  return (
    <Icon>
      <path d="M5.5 2.5 2.5 5.5l3 3" />
      <path d="M2.5 5.5h7a4 4 0 0 1 0 8H6" />
    </Icon>
  );
}

export function RedoIcon() {
  return (
    <Icon>
      <path d="m10.5 2.5 3 3-3 3" />
      <path d="M13.5 5.5h-7a4 4 0 0 0 0 8H10" />
    </Icon>
  );
}
