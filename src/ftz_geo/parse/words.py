"""The vocabulary of 四至: every word table of the grammar, and nothing else.

Tables are written in simplified characters; :mod:`.prose` folds the traditional forms of the
characters used here before any rule looks at a text. Where a table is turned into a regex,
longer words come first, so that 大街 is never read as 街.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ftz_geo.model import Kind


def _words(table: str) -> tuple[str, ...]:
    return tuple(table.split())


TRADITIONAL = str.maketrans(
    "東鄰隣臨達緊為爲與連積頃畝裏裡圍範區塊號總劃線邊側間處於約規擴調個園縣鎮鄉橋鐵國場廠灣島嶺"
    "溝門開發濱業學樓莊長寬從條軌農團組兩後過銜對點標產實內屬別會員經濟術單設佔壩澗淵廣蘆環銀聯"
    "絡華銅錦鋼隊幹運極樞紐陸蘇營鄭塢頭徑衛戶養館舊廟墳幾紅護衝際沒",
    "东邻邻临达紧为为与连积顷亩里里围范区块号总划线边侧间处于约规扩调个园县镇乡桥铁国场厂湾岛岭"
    "沟门开发滨业学楼庄长宽从条轨农团组两后过衔对点标产实内属别会员经济术单设占坝涧渊广芦环银联"
    "络华铜锦钢队干运极枢纽陆苏营郑坞头径卫户养馆旧庙坟几红护冲际没",
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

WEAK_SIDE_VERBS = _words("为 是 达 及 连 近 界 对 同 和 滨 枕 贴 :")
"""Verbs and marks that make a side only at the beginning of a clause: 北连 may be a name."""

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

SUFFIXES: Mapping[Kind, tuple[str, ...]] = {
    "rail": _words(
        """
        铁路 铁路线 铁道 高铁 客专 客运专线 城际 城际铁路 轨道 轨道交通 轻轨 地铁 号线 铁路专用线 专用线
        铁路沿线 货运线 铁路联络线
        """
    ),
    "road": _words(
        """
        路 大路 公路 大道 道 街 大街 街道路 巷 弄 里弄 胡同 高速 高速路 高速公路 快速路 快速 快线 国道
        省道 县道 乡道 村道 市道 环 外环 内环 中环 环线 环路 联络线 复线 支线 干线 干路 支路 立交 立交桥
        高架 高架桥 高架路 隧道 匝道 大桥 桥 线 绕城 通道 步道 机耕路 小路 便道 马路 道路 主干道 次干道
        干道 辅路 辅道 绿道 巷道 路口 转盘 环岛 快速通道
        """
    ),
    "water": _words(
        """
        河 江 湖 海 溪 渠 沟 浜 港 泾 塘 浦 湾 水库 运河 引河 排干 排河 河道 水系 海岸线 岸线 江岸 河岸
        湖岸 海岸 大堤 堤 江堤 河堤 海堤 坝 泊 池 潭 泉 涌 涧 川 溇 漕 淀 洼 干渠 支渠 灌渠 明渠 暗渠
        干沟 排水沟 水渠 水道 洋 海域 水域 浜河 减河 大沟 河流 堤岸 堤防 水面 滩 沥 圳 荡 漾 洪道
        河中心线 围堤
        """
    ),
    "boundary": _words(
        """
        区界 县界 市界 镇界 乡界 村界 省界 国界 街道界 行政界 行政界线 行政区界 界 界线 分界线 开发边界
        边界 边界线 规划边界 规划范围线 范围线 红线 蓝线 绿线 紫线 黄线 控制线 用地红线 保护线 征地红线
        交界 交界处 管辖边界 规划界线 用地边界 地界
        """
    ),
    "vague": _words(
        """
        空地 耕地 农田 农用地 农地 林地 荒地 荒山 绿地 公共绿地 防护绿地 绿化带 绿化 坑塘 鱼塘 水塘 池塘
        生态空间 用地 建设用地 未利用地 山体 山脚 山麓 菜地 稻田 水田 旱地 田 沟壑 民房 住宅 住宅楼
        居民楼 民宅 房屋 围墙 院墙 墙 宅基地 排洪通道 绿带 绿化用地 防护林 草地 滩涂 规划道路 村庄 土地
        居民点 集体土地 国有土地 沿线 设施
        """
    ),
    "place": _words(
        """
        村 庄 屯 寨 堡 营 集 店 铺 坡 坪 坑 冲 坳 沱 社区 小区 公司 集团 厂 工厂 学校 大学 学院 中学
        小学 幼儿园 医院 卫生院 公园 园区 产业园 工业园 科技园 园 苑 城 广场 花园 家园 中心 站 车站
        火车站 场 机场 码头 渡口 山 岭 峰 岛 洲 山庄 尖 岗 院 局 所 基地 项目 宾馆 酒店 饭店 寺 庙 宫 塔
        楼 大楼 大厦 馆 府 市场 墓 陵 陵园 林场 农场 渔场 牧场 养殖场 停车场 污水处理厂 电厂 变电站
        加油站 水厂 镇 乡 县 区 市 省 街道 组 队 家 湾村 门 口 关 坊 阁 亭 台 区域 组团 片区 景区 街区
        开发区 度假区 保护区 生活区 家属院 宿舍 公寓 别墅 新村 新城 仓库 物流园 商务港 矿 煤矿 地块 宗地
        单位 企业 派出所 法院 政府 银行 超市 商场 商城 工地 碑 遗址 城墙 实业 酒业 化工 药业 科技 股份
        有限公司 分公司 合作社 枢纽 电站 泵站 闸 井 信箱 桥头 园林 国际 集镇 老街 旧城 古城 校区 厂区
        库区 管委会 居委会 村委会 林 森林 校园 花苑 嘉园 大院
        """
    ),
}
"""What a name ends with, by kind. 街道 as the end of a name is a subdistrict, so a place."""

KIND_OF_SUFFIX: Mapping[str, Kind] = {s: kind for kind, suffixes in SUFFIXES.items() for s in suffixes}
LINEAR_SUFFIXES = (*SUFFIXES["road"], *SUFFIXES["water"], *SUFFIXES["rail"])

JUNCTIONS = _words(
    """
    交叉口 交叉处 交叉 交汇处 交汇口 交汇 交会处 交会 交界处 交界 交口 相交处 相交 路口 之间 中间 结合部
    接合部 汇合处 汇合 连接处 连接线 丁字口 十字口 接口
    """
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

APPROXIMATE_BEFORE = _words("约 大约 近 大概 约为 超过 不少于 超 逾")
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

TOTAL_WORDS = _words(
    """
    总面积 总规划面积 规划总面积 总用地面积 总占地面积 总用地 总占地 面积共 面积共计 总计 合计 总规模
    """
)
"""A figure after one of these is the zone's."""

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
    校区 景区 遗址 古城 旧址 墓 寺 塔 院 外框
    """
)
"""What the name of a block or zone may end with."""

LEAD_INS = _words(
    """
    四至范围 四至边界 四至界线 四至界限 四至坐标 四至 四界 四址 具体范围 范围 边界 界线 界限 具体位置
    区域范围 规划范围 征收范围 拆迁范围 管理范围 保护范围 控制范围 空间范围 用地范围 建设范围 实施范围
    施教区范围 招生范围 管辖范围 协调范围 研究范围 设计范围 辐射位置 地理位置 位置 辖区范围 服务范围
    坐落 座落 用地四至
    """
)
