type Language = 'en' | 'zh';

/** A class in words: what it is called, and what belongs to it, for the search. */
export interface ClassWords {
  readonly name: string;
  readonly members: string;
}

type Row = readonly [en: string, membersEn: string, zh: string, membersZh: string];

/** The subgroups of Unicode's emoji list that networks have as classes, by their ids. */
export const EMOJI_CLASSES: Readonly<Record<string, Row>> = {
  'face-smiling': [
    'Smiling faces',
    'grin laugh smile wink joy happy love kiss tongue halo',
    '笑脸',
    '笑 微笑 大笑 眨眼 开心 喜悦 飞吻 吐舌',
  ],
  'face-neutral-skeptical': [
    'Neutral and sceptical faces',
    'neutral skeptical expressionless smirk rolling eyes unamused grimace thinking sleepy sick mask',
    '中性与怀疑的脸',
    '面无表情 怀疑 翻白眼 思考 无语 困 生病 口罩',
  ],
  'face-concerned': [
    'Worried and angry faces',
    'worried concerned sad cry crying fear angry frown tired scream devil',
    '担忧与生气的脸',
    '担心 难过 哭 害怕 生气 皱眉 尖叫 疲惫',
  ],
  heart: [
    'Hearts',
    'heart love broken red blue green arrow sparkling',
    '心',
    '爱心 心形 红心 心碎 爱',
  ],
  emotion: [
    'Feelings and speech bubbles',
    'kiss anger collision dizzy sweat dash hole speech thought balloon bubble hundred zzz',
    '情绪与气泡',
    '吻痕 愤怒 碰撞 汗 对话 气泡 一百分 睡觉',
  ],
  'body-parts': [
    'Hands and body',
    'hand finger thumb fist clap wave ear nose foot leg eye tongue tooth bone brain muscle',
    '手与身体',
    '手 手指 拇指 拳头 鼓掌 耳朵 鼻子 脚 眼睛 牙齿 骨头 大脑',
  ],
  person: [
    'People',
    'person man woman child baby boy girl old beard hair blond gesture',
    '人物',
    '人 男人 女人 孩子 婴儿 男孩 女孩 老人 胡子 头发',
  ],
  'person-role': [
    'People at work',
    'doctor nurse student teacher judge farmer cook mechanic scientist artist pilot astronaut firefighter police guard detective prince princess',
    '职业人物',
    '医生 护士 学生 老师 法官 农民 厨师 科学家 飞行员 宇航员 消防员 警察 侦探 公主',
  ],
  'person-fantasy': [
    'Fantasy people',
    'santa angel superhero villain mage wizard fairy vampire mermaid elf genie zombie troll',
    '幻想人物',
    '圣诞老人 天使 超级英雄 法师 仙女 吸血鬼 美人鱼 精灵 僵尸',
  ],
  'person-activity': [
    'People doing something',
    'walking running standing kneeling dancing massage haircut sauna climbing',
    '活动中的人',
    '走路 跑步 站立 跪 跳舞 按摩 理发 攀岩',
  ],
  'person-sport': [
    'People at sports',
    'surfing swimming rowing biking skiing snowboard golf fencing wrestling handball juggling yoga',
    '运动中的人',
    '冲浪 游泳 划船 骑车 滑雪 高尔夫 击剑 摔跤 手球 瑜伽',
  ],
  'animal-mammal': [
    'Mammals',
    'cat dog mouse monkey lion tiger horse cow pig sheep goat camel elephant rabbit bear panda koala fox wolf hamster bat kangaroo',
    '哺乳动物',
    '猫 狗 老鼠 猴子 狮子 老虎 马 牛 猪 羊 骆驼 大象 兔子 熊 熊猫 考拉 狐狸 狼 蝙蝠',
  ],
  'animal-bird': [
    'Birds',
    'bird chicken rooster chick penguin dove eagle duck swan owl flamingo peacock parrot turkey goose',
    '鸟',
    '鸡 公鸡 小鸡 企鹅 鸽子 老鹰 鸭 天鹅 猫头鹰 火烈鸟 孔雀 鹦鹉',
  ],
  'animal-marine': [
    'Sea animals and reptiles',
    'fish whale dolphin seal shark octopus shell coral jellyfish frog turtle lizard snake dragon crocodile',
    '海洋与爬行动物',
    '鱼 鲸 海豚 海豹 鲨鱼 章鱼 贝壳 珊瑚 青蛙 乌龟 蜥蜴 蛇 龙 鳄鱼',
  ],
  'animal-bug': [
    'Insects',
    'bug snail butterfly ant bee beetle ladybug cricket cockroach spider scorpion mosquito fly worm',
    '昆虫',
    '虫 蜗牛 蝴蝶 蚂蚁 蜜蜂 甲虫 瓢虫 蟋蟀 蜘蛛 蝎子 蚊子 苍蝇',
  ],
  'plant-flower': [
    'Flowers',
    'flower bouquet blossom rose hibiscus sunflower tulip lotus hyacinth',
    '花',
    '花束 樱花 玫瑰 木槿 向日葵 郁金香 莲花',
  ],
  'plant-other': [
    'Plants',
    'plant tree palm cactus seedling evergreen herb shamrock clover leaf mushroom nest',
    '植物',
    '树 棕榈 仙人掌 幼苗 草药 三叶草 叶子 蘑菇',
  ],
  'food-fruit': [
    'Fruit',
    'grapes melon watermelon orange lemon banana pineapple mango apple pear peach cherry strawberry blueberry kiwi tomato olive coconut',
    '水果',
    '葡萄 西瓜 橘子 柠檬 香蕉 菠萝 芒果 苹果 梨 桃子 樱桃 草莓 蓝莓 番茄 椰子',
  ],
  'food-vegetable': [
    'Vegetables',
    'avocado eggplant potato carrot corn pepper cucumber broccoli garlic onion peanut beans chestnut ginger pea',
    '蔬菜',
    '牛油果 茄子 土豆 胡萝卜 玉米 辣椒 黄瓜 西兰花 大蒜 洋葱 花生',
  ],
  'food-prepared': [
    'Dishes',
    'bread croissant bagel pancake waffle cheese meat bacon burger fries pizza hotdog sandwich taco burrito egg salad popcorn',
    '菜肴',
    '面包 牛角包 煎饼 奶酪 肉 汉堡 薯条 披萨 热狗 三明治 鸡蛋 沙拉 爆米花',
  ],
  'food-asian': [
    'Asian dishes',
    'rice sushi noodles ramen spaghetti curry dumpling bento shrimp fish cake moon cake dango takeout',
    '亚洲菜',
    '米饭 寿司 面条 拉面 咖喱 饺子 便当 虾 月饼 团子 外卖',
  ],
  'food-sweet': [
    'Sweets',
    'ice cream doughnut donut cookie cake cupcake pie chocolate candy lollipop custard honey',
    '甜食',
    '冰淇淋 甜甜圈 饼干 蛋糕 派 巧克力 糖果 棒棒糖 布丁 蜂蜜',
  ],
  drink: [
    'Drinks and dishes',
    'drink milk coffee tea wine beer cocktail juice bottle glass chopsticks plate fork spoon knife',
    '饮料与餐具',
    '牛奶 咖啡 茶 酒 啤酒 鸡尾酒 果汁 瓶子 杯子 筷子 盘子 勺子',
  ],
  'place-building': [
    'Buildings',
    'house home office hospital bank hotel school factory castle stadium church tower building shop',
    '建筑',
    '房子 办公楼 医院 银行 酒店 学校 工厂 城堡 体育场 塔 商店',
  ],
  'place-other': [
    'Places',
    'map mountain volcano beach desert island park fountain tent night sunrise sunset bridge carousel ferris wheel circus',
    '地点',
    '地图 山 火山 海滩 沙漠 岛 公园 喷泉 帐篷 夜景 日出 日落 桥 摩天轮',
  ],
  'transport-ground': [
    'Cars, trains and bicycles',
    'car train bus taxi truck ambulance fire engine police tram metro motorcycle scooter bicycle bike skateboard traffic light',
    '汽车、火车、自行车',
    '汽车 火车 公交车 出租车 卡车 救护车 消防车 地铁 摩托车 自行车 红绿灯',
  ],
  'transport-air': [
    'Aircraft and ships',
    'airplane plane helicopter rocket satellite parachute ufo saucer ship boat ferry canoe anchor',
    '飞机与船',
    '飞机 直升机 火箭 卫星 降落伞 飞碟 船 帆船 渡轮 锚',
  ],
  time: [
    'Clocks',
    'clock watch alarm hour time hourglass stopwatch timer',
    '时钟',
    '钟 手表 闹钟 时间 沙漏 秒表',
  ],
  'sky & weather': [
    'Sky and weather',
    'sun moon star cloud rain snow storm lightning rainbow umbrella tornado fog wind fire water wave comet',
    '天空与天气',
    '太阳 月亮 星星 云 雨 雪 暴风 闪电 彩虹 伞 龙卷风 雾 风 火 水',
  ],
  event: [
    'Celebrations',
    'party christmas tree pumpkin halloween fireworks balloon confetti gift present ribbon ticket birthday',
    '庆典',
    '派对 圣诞树 南瓜灯 烟花 气球 礼物 丝带 门票 生日',
  ],
  sport: [
    'Sports and medals',
    'soccer football baseball basketball volleyball tennis bowling hockey badminton boxing goal golf medal trophy ski',
    '运动与奖牌',
    '足球 棒球 篮球 排球 网球 保龄球 曲棍球 羽毛球 拳击 奖牌 奖杯',
  ],
  game: [
    'Games and crafts',
    'game dart kite yo-yo pool dice chess puzzle joystick teddy bear cards mahjong art palette thread yarn theater',
    '游戏与手工',
    '飞镖 风筝 骰子 国际象棋 拼图 手柄 泰迪熊 扑克 麻将 调色板 线',
  ],
  clothing: [
    'Clothes',
    'glasses shirt tie jeans scarf gloves coat socks dress kimono bikini purse handbag backpack shoe boot hat cap crown ring lipstick',
    '衣物',
    '眼镜 衬衫 领带 牛仔裤 围巾 手套 外套 袜子 裙子 包 背包 鞋 靴子 帽子 皇冠 戒指',
  ],
  computer: [
    'Computers and phones',
    'computer laptop printer keyboard mouse disk phone telephone pager fax battery plug',
    '电脑与电话',
    '电脑 笔记本 打印机 键盘 鼠标 磁盘 手机 电话 电池 插头',
  ],
  'light & video': [
    'Light and film',
    'camera video film movie projector television magnifying glass candle bulb flashlight lantern lamp',
    '灯光与影像',
    '相机 摄像机 电影 电视 放大镜 蜡烛 灯泡 手电筒 灯笼',
  ],
  'book-paper': [
    'Books and paper',
    'book notebook newspaper page scroll bookmark label ledger',
    '书与纸',
    '书 笔记本 报纸 页 卷轴 书签 标签',
  ],
  mail: [
    'Mail',
    'mail email envelope letter package parcel mailbox postbox inbox ballot',
    '邮件',
    '邮件 信封 信 包裹 邮箱 收件箱',
  ],
  office: [
    'Office',
    'briefcase folder calendar chart clipboard pin paperclip ruler scissors pen pencil writing wastebasket',
    '办公',
    '公文包 文件夹 日历 图表 剪贴板 图钉 回形针 尺子 剪刀 笔 铅笔',
  ],
  tool: [
    'Tools',
    'hammer axe pick wrench screwdriver saw bow sword shield gear clamp chain magnet ladder lock key',
    '工具',
    '锤子 斧头 镐 扳手 螺丝刀 锯 弓 剑 盾 齿轮 链条 磁铁 梯子 锁 钥匙',
  ],
  household: [
    'Household',
    'door elevator mirror window bed couch chair toilet shower bathtub razor soap sponge broom basket cart',
    '家居',
    '门 电梯 镜子 窗 床 沙发 椅子 马桶 淋浴 浴缸 肥皂 扫帚 篮子',
  ],
  'transport-sign': [
    'Signs for travellers',
    'sign atm litter water wheelchair restroom toilet baby customs baggage passport',
    '出行标志',
    '标志 取款机 垃圾 饮水 轮椅 洗手间 海关 行李 护照',
  ],
  warning: [
    'Warnings',
    'warning no entry prohibited forbidden radioactive biohazard smoking',
    '警告',
    '警告 禁止 禁入 辐射 生物危害 吸烟',
  ],
  arrow: ['Arrows', 'arrow up down left right back end soon top', '箭头', '箭头 上 下 左 右 返回'],
  religion: [
    'Religion',
    'religion cross star of david om wheel yin yang menorah peace worship',
    '宗教',
    '十字架 大卫星 太极 阴阳 和平 法轮',
  ],
  zodiac: [
    'Zodiac',
    'zodiac aries taurus gemini cancer leo virgo libra scorpio sagittarius capricorn aquarius pisces',
    '星座',
    '白羊 金牛 双子 巨蟹 狮子座 处女 天秤 天蝎 射手 摩羯 水瓶 双鱼',
  ],
  'av-symbol': [
    'Player buttons',
    'play pause stop record eject shuffle repeat fast forward rewind cinema brightness antenna',
    '播放按钮',
    '播放 暂停 停止 录制 弹出 随机 重复 快进 快退 亮度',
  ],
  'other-symbol': [
    'Other symbols',
    'recycle check mark cross plus minus question exclamation infinity trident copyright female male currency dollar keycap',
    '其他符号',
    '回收 对号 叉号 加号 减号 问号 感叹号 无穷 版权 货币',
  ],
  alphanum: [
    'Letters and numbers',
    'letter number abc ok new free cool sos id vip button input latin',
    '字母与数字',
    '字母 数字 按钮 输入 英文',
  ],
  geometric: [
    'Shapes',
    'circle square diamond triangle shape red blue green yellow black white',
    '几何形状',
    '圆 方 菱形 三角 红 蓝 绿 黄 黑 白',
  ],
};

/** A class in a language's words; one that is not in the table is called by its id. */
export function classWords(id: string, language: Language): ClassWords {
  const row = EMOJI_CLASSES[id];
  if (!row) return { name: id, members: '' };
  const [en, membersEn, zh, membersZh] = row;
  // People search in English on a Chinese page too, and by the id that is in the address.
  const members = `${id} ${en} ${membersEn} ${zh} ${membersZh}`;
  return { name: language === 'zh' ? zh : en, members };
}
