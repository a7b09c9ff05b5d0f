import type { en } from './words.en';

export const zh: typeof en = {
  name: '叠合',
  label: '两列叠放',
  show: '比较方式',
  divider: '分割线',
  difference: '差异',
  sides: ['甲', '乙'],
  choose: (side) => `作为${side}显示的列`,
  option: (column, heading) => `第 ${column} 列：${heading}`,
  dividerBetween: (left, right) => `分割线：左边是${left}，右边是${right}`,
  percent: (value) => `百分之 ${value}`,
  hint: '在图片上横向拖动，或用方向键移动分割线。点击可选中样本。',
  alone: '叠放需要两列，而现在只有一列。先把它固定为一列，再修改它的副本。',
  scale: '乙 − 甲，图片取值在 [−1, 1]；超出 ±1 时保持两端的颜色',
  moreA: '甲更多',
  moreB: '乙更多',
  mean: '平均绝对差',
  meanHint: '当前所示全部样本、全部像素的平均绝对差',
  differing: '两列的样本还不一致。',
};
