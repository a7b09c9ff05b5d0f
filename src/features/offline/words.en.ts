export const en = {
  update: 'A new version of this page is ready. What you have set stays as it is.',
  useIt: 'Reload with the new version',
  later: 'Later',
};
