"""The vocabulary of 四至: every word table of the grammar, and nothing else.

Tables are written in simplified characters; :mod:`.prose` folds the traditional forms of the
characters used here before any rule looks at a text. Where a table is turned into a regex,
longer words come first, so that 大街 is never read as 街.
"""

from __future__ import annotations

import re

from ftz_geo.endings import CROSSINGS
from ftz_geo.wording import NUMERALS


def _words(table: str) -> tuple[str, ...]:
    return tuple(table.split())


TRADITIONAL = str.maketrans(
    "東鄰隣臨達緊為爲與連積頃畝裏裡圍範區塊號總劃線邊側間處於約規擴調個園縣鎮鄉橋鐵國場廠灣島嶺"
    "溝門開發濱業學樓莊長寬從條軌農團組兩後過銜對點標產實內屬別會員經濟術單設佔壩澗淵廣蘆環銀聯"
    "絡華銅錦鋼隊幹運極樞紐陸蘇營鄭塢頭徑衛戶養館舊廟墳幾紅護衝際沒係計畫機構據",
    "东邻邻临达紧为为与连积顷亩里里围范区块号总划线边侧间处于约规扩调个园县镇乡桥铁国场厂湾岛岭"
    "沟门开发滨业学楼庄长宽从条轨农团组两后过衔对点标产实内属别会员经济术单设占坝涧渊广芦环银联"
    "络华铜锦钢队干运极枢纽陆苏营郑坞头径卫户养馆旧庙坟几红护冲际没系计划机构据",
)
"""Traditional forms of the characters that the tables below are made of (not of whole texts)."""

# --- the side: direction, suffix, verb ------------------------------------------------------

DIRECTION_SUFFIXES = _words(
    "面 侧 部 边 部边界 侧边界 面边界 侧边线 方向 方 边界 界线 界限 线 端 段 翼 缘 向 界"
)
"""东面, 东侧 … what may stand between the direction and its verb."""

SIDE_VERBS = _words(
    """
    至 到 起 止 抵 临 邻 靠 依 接 沿 以 隔 与 倚 傍 挨 毗 濒 迄 紧邻 紧靠 紧临 紧接 紧挨 紧贴 毗邻 毗连
    相邻 相接 相连 比邻 邻近 邻接 临近 靠近 接壤 接至 接近 连接 衔接 连至 直至 直抵 直达 直到 延伸至
    延伸到 延至 扩至 起于 始于 止于 终于 由 起自 始自 自 起至 界至 抵至 抵达 到达 达到 濒临 面临 背靠 背依
    背倚 依托 沿着 起点为 终点为 起点 终点 止至 通至 通到 交于 交
    """
)
"""Verbs that make a side wherever a direction stands before them."""

WEAK_SIDE_VERBS = _words("为 是 达 及 连 近 界 对 同 和 滨 枕 贴 : — —— - --")
"""Verbs and marks that make a side only at the beginning of a clause: 北连 may be a name."""

LYING_VERBS = _words(
    """
    临 邻 靠 依 接 倚 傍 挨 毗 濒 连 枕 望 紧邻 紧靠 紧临 紧接 毗邻 毗连 相邻 相接
    相连 比邻 邻近 邻接 临近 靠近 接壤 接近 连接 衔接 濒临 面临 背靠 背依 背倚 依托 滨 对
    近 达
    """
)
"""Of the verbs above, the ones that tell what a place lies by: no word of a boundary by themselves."""

WIDE_ENDS = _words(
    """
    海 洋 半岛 山脉 山系 平原 高原 盆地 沙漠 三角洲 群岛 海峡 省 自治区 国 各国 五国 大陆
    经济圈 经济带 城市群 都市圈 京津冀 长三角 珠三角
    """
)
WIDE_NAMES = _words(
    """
    日本 韩国 日韩 朝鲜 蒙古 俄罗斯 中亚 西亚 东亚 南亚 东南亚 东北亚 欧洲 欧亚 亚欧 中东
    东盟 越南 老挝 缅甸 泰国 印度 巴基斯坦 哈萨克斯坦 渤海 渤海湾 北部湾 杭州湾 胶州湾 辽东湾
    太行山 燕山 秦岭 泰山 大别山 大巴山 祁连山 长白山 大兴安岭 小兴安岭 武夷山 南岭 天山
    阿尔泰山 昆仑山 阴山 贺兰山 吕梁山 沂蒙山 罗霄山 井冈山 巫山 武陵山 雪峰山 北京 上海 天津
    重庆 香港 澳门 台湾 河北 山西 辽宁 吉林 黑龙江 江苏 浙江 安徽 福建 江西 山东 河南 湖北
    湖南 广东 海南 四川 贵州 云南 陕西 甘肃 青海 内蒙古 广西 西藏 宁夏 新疆 港澳 京津 江浙
    苏浙 晋冀 华北 东北 西北 西南 华东 华南
    """
)
"""What no block reaches to: seas, mountain ranges, provinces, countries."""

REMARK_HEADINGS = _words(
    "区位 交通 概况 简介 介绍 地理环境 自然条件 自然环境 优势 基本情况 区情 县情 市情 镇情"
)
"""Words of a heading under which it is told where a place lies and not what bounds a block."""

PASSING_VERBS = _words("经过 途径 途经 环抱 俯瞰 遥对 斜对 面朝 串联 贯穿 穿越 跨越 绕过 流经")
"""Verbs that tell what passes or lies about, and make no side."""

EDGE_NOUNS = _words(
    """
    道路 规划道路 市政道路 河流 河道 水系 铁路 公路 街道 地块 用地 现状 现 规划 边界 界线 相邻 毗邻 紧邻
    相邻地块 相邻道路 邻近道路 周边道路 建筑 建筑物 居民区 单位 四至 范围
    """
)
"""东侧道路为X: what lies there, named before the verb."""

VERB_TAILS = _words("着 :")
"""What may follow any verb and belongs to it. Others stand in the table with their verb (起自, 止于):
自, 到 or 为 behind 至 begin a name (至自忠路)."""

FRAME_ENDS = _words(
    """
    为界线 为边界线 为边界 为界限 为界址 为分界线 为分界 为界 为边 为限 为准 为止 为起点 为终点
    """
)
NEIGHBOUR_ENDS = _words(
    """
    相邻接 相毗邻 接壤 相邻 毗邻 毗连 相连 相接 交界 为邻 比邻 邻接 连接 相望 分界 搭界 相交界 隔河相望
    隔江相望 隔路相望 隔海相望 相临 为界 紧邻 相依 相对 接界 相靠 衔接
    """
)

# --- features -------------------------------------------------------------------------------

JUNCTIONS = (
    *CROSSINGS,
    *_words("交界处 交界 之间 中间 结合部 接合部 汇合处 汇合 连接处 连接线 接口 连线"),
)
"""After these, 和 and 与 join the two arms of one place and not two features."""

TAILS = _words(
    """
    段 侧 边 面 岸 缘 沿 端 头 口 部 角 方 线 围墙 边线 边界 红线 边缘 外缘 内侧 外侧 两侧 沿线 一线
    一带 延长线 延伸线 延伸段 延长段 中心线 中线 全线 全段 路段 附近 以外 道路红线 坡脚 处 岸线 堤脚
    尽头 末端 规划线 入口 出口 界线 界 地 绿化带 山脚 脚 山脊
    """
)
"""What may follow a suffix and still be part of the name: 北段, 东侧, 延长线."""

# --- areas ----------------------------------------------------------------------------------

APPROXIMATE_BEFORE = _words("约 大约 近 大概 约为 将近 接近")
AT_LEAST = _words("超过 不少于 不低于 不小于 至少 超 逾 大于 多于 高达")
AT_MOST = _words("不超过 不大于 不高于 不多于 至多 最多 小于 低于 少于")
APPROXIMATE_AFTER = _words("左右 上下 余 多")

SUB_USES = _words(
    """
    建筑 建面 计容 绿地 绿化 水域 水面 湖面 居住 住宅 商业 商服 公园 道路 耕地 农田 林地 地下 地上 营业
    使用 展览 展示 办公 厂房 广场 建设用地 农用地 未利用地 基底 楼面 经营 工业用地 可用 已建 未建 储备
    剩余 新增 启动 起步区 一期 二期 三期 安置 拆迁 房屋 配套 生态 仓储 养殖 种植 流域 森林 湿地 基本农田
    城镇 可开发 开发强度 院落 保护范围内 园林 人均 核减 调出 调入
    """
)
"""Words before 面积 that name a use or a part: such a figure is no block's area."""

LAND_USES = _words(
    """
    耕地 农田 林地 草地 园地 水域 陆域 水面 湖面 绿地 荒地 滩涂 湿地 沼泽 坑塘 未利用地 空闲地 宅基地 裸地
    水田 旱地 集体林 国有林 公益林 商品林 天然林 人工林
    水浇地 菜地 滩地 沟渠 森林 灌木林 苗圃 养殖水面 河流 湖泊 道路 广场 绿化 居住 商业 工业
    永久基本农田 基本农田
    """
)
"""Kinds of ground: a figure of one is a part of what it is told of, and no block."""

ASIDES = {
    "before": _words(
        r"""
        起步的 原《
        (?<![太平中高草荒])原(?:有|来)?的?(?:管辖|行政|辖区|总|规划|核准|批准|批复|用地|占地|划定|核定|保护区?|区划)*(?:面积|用地)
        最初 当初 当时 之初 起初 设立时 成立时 建立时 现批准 原批复 原为 原批准 原规划 原核准 原有
        原面积 调整前 扩区前 扩建前 此前 升级前 ^原
        (?:19|20)\d\d年[^,。;]{1,6}时 现状面积 现有(?:经营|管理|规划|林地|总)*面积
        """
    ),
    "excluded": _words(r"不含 不包括 不计 扣除 除外 未含 剔除 ^另外?[有划设行计]"),
    "floor-area": _words(
        r"""
        建筑 建面 计容 楼面 营业 使用面积 套内 厂房 仓储 仓库 展览 展厅 办公 地下 住房 房屋
        商铺 新建住宅 基底 塔基 台基 基座 居住面积 校舍 孵化面积
        """
    ),
    "phase": _words(
        r"""
        起步区 启动区 先行启动 先期 先行区 首期 [一二三四]期 近期 远期 (?:至|到)?(?:19|20)\d\d年 规划期末
        期末 目前 现已 已建成 已建 封关
        验收 在建 已开发 已完成 已征 已供 年均 每年 首年 当年 ^建成区 ^现行
        """
    ),
    "per-head": _words(
        r"""
        人均 户均 每[户人亩家栋公平] 单块 每块 最小 最大 最低 最高 单体 均价 亩均 地均
        """
    ),
    "change": _words(
        r"""
        回购 配建 新增 净增 核减 扣减 调出 调入 增加(?!至|到|为) 减少(?!至|到|为) 扩大了 超出
        缩减(?!至|到|为) 置换 腾退 压减 退出
        """
    ),
    "elsewhere": _words(r"全省(?!共) 全市(?!辖|共) 全国 我国 全球 全县(?!共) 累计 历年"),
    "production": _words(r"养殖面积 种植 播种 增养殖 产量 亩产 供热面积 造林 复垦"),
    "influence": _words(
        r"""
        (?:评价|调查|研究|影响|敏感)(?:区域?|范围) 流域 汇水 集雨 集水 辐射 服务面积 灌溉 受益 覆盖面积
        绿化覆盖 影响 带动
        """
    ),
    "net": _words(r"净用地 净面积 可用地 可建设 可开发 可利用 实际可 代征"),
}
"""By the reason that is told: patterns before a figure that is no area of a zone, block or parcel."""

TOTAL_WORDS = _words(
    """
    总面积 总规划面积 规划总面积 总用地面积 总占地面积 总用地 总占地 面积共 面积共计 总计 合计 总规模
    """
)
"""A figure after one of these is the zone's."""

SUMMING = r"(?:(?<=[,。;:])以上|上述|合计|总计|共计|共占|一共|总共|小计)"
"""A pattern: a figure behind one of these sums up what stands before it."""

DOWN = re.compile(
    rf"""
      其中 | 包括 | 包含 | 涵盖 | 分为 | 划分 | 划为 | 区划 | 分成 | 分别 | 下辖 | 组成 | 构成
    | (?<!包)含(?!量|税|水) | 内有 | 下设 | 设[{NUMERALS}\d]+个
    | 分[^,。;:()]{{0,40}}?[{NUMERALS}\d]+[个片块区]
    | 共[有计]?[{NUMERALS}\d]+(?:个|大|片|块)[^,。;]{{0,8}} | (?:涉及|各).{{0,6}}面积 | 如下 | consists?\ of
    """,
    re.X,
)
"""Words that lead from a figure to those that it is made of."""

# --- heads ----------------------------------------------------------------------------------

BLOCK_NOUNS = _words(
    """
    区块 片区 地块 范围 组团 单元 宗地 标段 区域 园区 分区 板块 图斑 街坊 片
    """
)
"""Nouns that take a number: 区块一, 片区2, 范围1, 一号地块."""

PARCEL_NOUNS = _words("地块 宗地 图斑")
"""Of these, the ones that stand below a block where both are used."""

AREA_NOUNS = _words(
    """
    片区 园区 区块 地块 组团 街区 区域 园 区 基地 城 谷 带 圈 新城 小镇 社区 街道 镇 乡 县 市 村 单元
    项目 小学 中学 学校 公园 范围 地带 工程 港 广场 地区 学区 周边 街 宗地 老街 用地 商圈 新区 中心 大学
    校区 景区 地段 遗址 古城 旧址 墓 寺 塔 院 外框
    """
)
"""What the name of a block or zone may end with."""

PLACE_ENDS = (
    *AREA_NOUNS,
    *_words(
        """
        组 块 片 岛 湾 队 地 段 路 海域 农场 林场 牧场 园 厂 港区 庄 屯 寨 坊 苑 里 河 湖 山 岭 峡 号
        线 部 处
        """
    ),
)
"""What the name of any piece of ground may end with that an area is told of."""

SUBJECT_ENDS = (
    *(noun for noun in AREA_NOUNS if noun not in ("区域", "范围", "地区")),
    *"湾岛片湖河山岭港组块矿",
)
"""What the name of a place ends with that a sentence speaks of."""

AFTER_SUBJECT = _words(
    """
    是 位于 地处 坐落 的总 的规划 的实施 的范围 的面积 的四至 总 规划 面积 实施 范围 占地 用地 共 包括
    由 涵盖 总体
    建设 全境 全域 四至 实行 分为 划分 下辖 东 北起 北至 南至 西至 扩 调整 获批 经 成立 始建 于 简介 概况
    规模 为 以 原 所辖
    所属 各 内 设立 核准 控制 地跨 按 拟 涉及 总计 计划 主要 现 目前 将 已 有 距 南 西 北
    """
)
"""What may follow such a name."""

WHOLES = _words(
    """
    区 区域 园 园区 地块 项目 片区 保护区 开发区 新区 景区 公园 矿区 库区 厂区 校区 宗地 该宗地 土地
    用地 林场 湿地公园
    街道 辖区 全境 全域 风景区 风景名胜区 自然保护区 示范区 试验区 高新区 经开区
    """
)
"""What is said of any zone, and names none."""

LEAD_INS = _words(
    """
    四至范围 四至边界 四至界线 四至界限 四至坐标 四至 四界 四址 具体范围 范围 边界 界线 界限 具体位置
    区域范围 规划范围 征收范围 拆迁范围 管理范围 保护范围 控制范围 空间范围 用地范围 建设范围 实施范围
    施教区范围 招生范围 管辖范围 协调范围 研究范围 设计范围 辐射位置 地理位置 位置 辖区范围 服务范围
    坐落 座落 用地四至
    """
)
