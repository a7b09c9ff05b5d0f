import type { en } from './words.en';

export const zh: typeof en = {
  update: '本页的新版本已就绪。您的设置会保持不变。',
  useIt: '重新加载并使用新版本',
  later: '以后再说',
};
