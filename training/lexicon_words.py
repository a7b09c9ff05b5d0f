"""Chinese words of prompts that no data set lists, by hand: what lexicon.py puts beside the names of things."""

# A line each: an English word, and the Chinese ones.
COLOURS = """
white: 白色 白
light grey: 浅灰色 淡灰色 浅灰
dark grey: 深灰色 暗灰色 深灰 灰色 灰
black: 黑色 黑
red: 红色 红 紅色 紅 大红色 深红色
orange: 橙色 橘色 橘黄色 橙 桔色
yellow: 黄色 黄 黃色 黃 金色 金黄色
green: 绿色 绿 綠色 綠 深绿色 浅绿色
turquoise: 青绿色 青色 蓝绿色 绿松石色 湖蓝色 青綠色
light blue: 浅蓝色 淡蓝色 天蓝色 浅蓝 淡蓝 天蓝 淺藍色
blue: 蓝色 蓝 藍色 藍 深蓝色 深蓝
purple: 紫色 紫 紫红色
pink: 粉色 粉红色 粉红 粉 粉紅色 桃红色
brown: 棕色 褐色 咖啡色 棕
"""
COUNTS = """
a: 一 1
two: 两 二 俩 兩 2
three: 三 仨 3
four: 四 4
five: 五 5
six: 六 6
seven: 七 7
eight: 八 8
nine: 九 9
ten: 十 10
"""
RELATIONS = """
left of: 左边 左侧 左面 左方 左邊 左側
right of: 右边 右侧 右面 右方 右邊 右側
above: 上面 上方 上边 之上 上邊 顶上
below: 下面 下方 下边 底下 之下 下邊
next to: 旁边 旁 身边 旁邊
in front of: 前面 前方 前边
behind: 后面 后方 后边 後面 背后
in: 里面 里边 里 裡面 裡 内部 之中 中
between: 中间 之间
"""
# Of one character: a relation before 的, 有 or 是, and at the end.
SHORT_RELATIONS = """
left of: 左
right of: 右
above: 上
below: 下
"""
STYLES = """
flat: 扁平 扁平化 平面
shaded: 立体 阴影 渐变 有阴影 立體
outlined: 线条 线描 轮廓 描边 线稿 勾线
3-d: 3d 3-d 三维 三維
"""
GRAMMAR = {
    "backgrounds": "背景上 背景上面 背景里 背景中 背景下 背景前 背景 底色 底色上 底上 底",
    "plain": "纯色 单色 纯 純色",
    "forms": "图片 图像 图案 图画 图标 图 画 绘画 插画 插图 圖片 圖 畫 照片 表情 表情符号",
    "styleWords": "风格 画风 风 样式 風格 效果",
    "at": "在 位于",
    "of": "的 之 地",
    "is": "是 为 有 為",
    "and": "和 与 跟 以及 還有 还有 及 與 加上",
    # After a count only; some are nouns elsewhere.
    "measures": "个 只 条 头 匹 朵 棵 株 辆 架 艘 把 张 本 支 枝 颗 粒 块 片 座 栋 间 顶 双 对 件 位 名 根 串 瓶 杯 碗 "
    "盘 盏 台 部 面 扇 枚 幅 副 种 束 群 滴 個 隻 條 頭 輛 張 顆 塊 頂 雙 對 種 盞",
    "skipped": "了 着 呢 吧 请 請 帮我 给我 給我 我要 我想要 我想 想要 我 你 他 它 一些 几 这 那 这个 那个 这只 那只 "
    "很 非常 十分 显示 画出 生成 做 来 一下 样子 颜色",
}
VERBS = """
wearing: 戴着 戴 穿着 穿 带着
riding: 骑着 骑
holding: 拿着 拿 举着 抱着
eating: 吃着 吃
drinking: 喝着 喝
sitting on: 坐在
"""
NOUNS = """
face: 脸 面孔 臉
hand: 手
head: 头
animal: 动物 動物
pet: 宠物
person: 人 人物 中性
man: 男 男人家 男士 男子
woman: 女 女士 女子 女性
boy: 男生 小男孩
girl: 女生 小女孩 姑娘
child: 小孩 孩子 小朋友
baby: 婴儿 小宝宝
old person: 老人
doctor: 医生
soldier: 士兵
teacher: 老师 教师 老師
student: 学生
cook: 厨师
astronaut: 宇航员 航天员 太空人
pilot: 飞行员
firefighter: 消防员
pirate: 海盗
knight: 骑士
wizard: 巫师 魔法师
mermaid: 美人鱼
fairy: 仙女
vampire: 吸血鬼
zombie: 僵尸
snowman: 小雪人
king: 国王
queen: 王后 女王
clown: 小丑
witch: 女巫
angel: 天使
monster: 怪物 怪兽
alien: 外星
dog: 狗狗 小狗 犬
cat: 猫咪 小猫 貓 喵
mouse: 鼠 小老鼠 滑鼠
bird: 小鸟 鳥
fish: 鱼儿 小鱼 魚
rabbit: 兔 小兔子 小白兔
monkey: 猴 小猴子
cow: 牛 母牛
sheep: 羊 绵羊
goat: 小羊
pig: 小猪
bear: 小熊 熊熊
tiger: 虎
leopard: 豹
ape: 猿
donkey: 毛驴
shark: 鲨
cicada: 蝉
elephant: 象
dinosaur: 恐龙
insect: 昆虫 虫子 虫
bug: 小虫
crab: 螃蟹
squid: 鱿鱼
whale: 鲸
chicken: 母鸡
duck: 小鸭子 鸭
horse: 小马
flower: 花 花朵 小花 花儿
leaf: 叶子 树叶 叶
tree: 树 大树 树木 樹
plant: 植物
grass: 草 小草
nest: 鸟巢
wood: 木材 木
fruit: 水果
vegetable: 蔬菜 菜
food: 食物 食品
apple: 苹果 蘋果
berry: 浆果
rice: 米 饭 米饭
meat: 肉
cheese: 奶酪 起司 芝士片
milk: 牛奶
cake: 蛋糕
candy: 糖果
dessert: 甜点 糕点
bread: 吐司
noodles: 面 拉面
tea: 茶
coffee: 咖啡
wine: 酒 红酒
juice: 果汁
drink: 饮料
bottle: 瓶子
cup: 杯 杯子
glass: 玻璃杯 酒杯
bowl: 碗
plate: 盘子 碟子
pot: 锅 锅子
knife: 刀 刀子
fork: 叉 叉子
spoon: 勺子 勺
pan: 平底锅
breakfast: 早餐
dinner: 晚餐
earth: 地球 世界
sun: 太阳公公
moon: 月亮
star: 小星星 五角星 星
rain: 雨
sunny: 晴天
cloudy: 阴天
rainy: 雨天 下雨天
snowy: 下雪天
snow: 雪
lightning: 闪电 雷
fire: 火
water: 水
sea: 海 大海 海洋
seaside: 海边
lake: 湖 湖泊
river: 河 河流
island: 岛 小岛 岛屿
tower: 塔
wall: 墙
wave: 波浪 海浪
beach: 海滩 沙滩
city: 城市 都市
village: 村庄 村子
street: 街道 街
forest: 森林
field: 田野 草地
sky: 天空
night sky: 夜空
park: 公园
garden: 花园
building: 建筑 建筑物 楼 大楼
house: 房 屋子 家 住家
castle: 城堡
hotel: 旅馆 宾馆
bank: 钱庄
bridge: 桥
road: 路 道路
car: 轿车 小汽车 车 车子 车辆
bus: 公共汽车 巴士 公交 大巴
truck: 卡车
taxi: 的士
train: 列车 动车 高铁
tram: 电车
bicycle: 单车 脚踏车
motorcycle: 机车
boat: 小船 船只
submarine: 潜水艇 潜艇
ship: 轮船 大船
plane: 客机
wheelchair: 轮椅
traffic light: 红绿灯 交通灯 信号灯
sign: 标志 标识
lamp: 灯 台灯
light: 光 灯光
clock: 钟 时钟 钟表
watch: 腕表
timer: 计时器
time: 时间
tool: 工具
hammer: 铁锤
screw: 螺丝
needle: 针
rope: 绳子
box: 盒子 箱子
bag: 包 包包
lock: 锁
weapon: 武器
sword: 剑
pistol: 枪 手枪
shield: 盾
bow: 弓
arrow: 箭头 箭
crown: 王冠
hat: 帽子 帽
helmet: 头盔 安全帽
shoe: 鞋 鞋子
boots: 靴子
sandals: 凉鞋
clothes: 衣服
trousers: 裤子
shirt: 衬衫
coat: 大衣
sweater: 毛衣
skirt: 裙子 裙
underwear: 内裤
swimsuit: 泳衣 泳装
sunglasses: 太阳镜
sock: 袜
ribbon: 丝带
lantern: 灯笼
doll: 娃娃
toy: 玩具
ball: 球
football: 橄榄球
bat: 球棍
racket: 球拍
sport: 运动 体育
game: 游戏 比赛
card: 牌 扑克 扑克牌
music: 音乐
instrument: 乐器
microphone: 麦克 话筒
speaker: 扬声器 音箱
movie: 电影 影片
video: 视频 录像
photo: 照相
art: 艺术
computer: 电脑 计算机 个人电脑 pc
disk: 磁盘
mouse pointer: 光标
smartphone: 智能手机
mail: 邮件 信件
letter: 信
mailbox: 信箱 邮箱
book: 书本
paper: 纸 纸张
notebook: 记事本
folder: 档案
money: 钱 金钱 现金 钞票 纸币
chart: 图表
pin: 别针
ruler: 尺 尺子
paper clip: 曲别针 回纹针
table: 桌子 桌
chair: 凳子
sofa: 沙发
soap: 肥皂
bucket: 水桶
toilet: 洗手间 wc
heart: 心 心形 爱心
love: 爱 爱情
ring: 指环
diamond: 钻石
gem: 珠宝
circle: 圆 圆圈 圈 圆形
square: 正方形 方形 方块 方框
triangle: 三角形 三角
rhombus: 菱形
star of david: 六角星
cross: 十字
button: 按钮
symbol: 符号
question mark: 问号 ？
exclamation mark: 叹号 感叹号 ！
zodiac: 星座 黄道十二宫
birthday: 生日
christmas: 圣诞 圣诞节
halloween: 万圣节
party: 派对 聚会 舞会
festival: 节日
wedding: 结婚
celebration: 庆祝
religion: 宗教
medicine: 药 医疗
skull: 骷髅头
bone: 骨
tooth: 牙
nose: 鼻
eye: 眼
ear: 耳
mouth: 嘴巴
lips: 唇 嘴唇
fist: 拳头
finger: 手指
heart organ: 心脏
tear: 眼泪 泪
beard: 胡子
smoke: 烟
cigarette: 香烟盒
bubble: 泡泡
smile: 笑 笑容
smiling face: 笑脸 微笑脸 笑臉
crying face: 哭脸
smiling: 微笑的 笑着的
happy: 开心 高兴 快乐
sad: 难过 伤心 悲伤
angry: 愤怒 不爽
surprised: 惊讶 意外
tired: 疲倦 疲惫 疲劳
crying: 哭泣 哭着的
shy: 害羞
cute: 可爱 可愛
cool: 酷
sleeping: 睡觉 睡着的
dancing: 跳舞 舞蹈
running: 跑
kissing: 接吻 吻
flying: 会飞 飞 飞翔 飞行
sitting: 坐着 坐
standing: 站着 站
big: 大 巨大 大大
small: 小 小小 微小
old: 老 旧
new: 新
round: 圆的
open: 打开
closed: 关闭
hot: 热
cold: 冷
golden: 黄金 金
silver: 银 银色
beautiful: 美丽 漂亮
striped: 条纹
"""
